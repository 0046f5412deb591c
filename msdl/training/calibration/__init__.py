"""When images may stop: policies found on validation images, for a budget or for a bound on the risk."""

from msdl.training.calibration.asked import policy_for
from msdl.training.calibration.budget import budget_policy, sweep
from msdl.training.calibration.geometric import budgets
from msdl.training.calibration.outcome import Outcome
from msdl.training.calibration.risk import risk_policy
from msdl.training.calibration.temperature import temperatures

__all__ = ["Outcome", "budget_policy", "budgets", "policy_for", "risk_policy", "sweep", "temperatures"]
