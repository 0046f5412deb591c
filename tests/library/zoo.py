"""What is known of the networks beyond MSDNet from outside: parameters, multiply-adds, shapes of what they put out.

At their default parameters. Numbers only; test_reference.py compares with the whole reference, where it lies beside the
checkout.
"""

from __future__ import annotations

from typing import NamedTuple


class Network(NamedTuple):
    """Counts of a whole network, and the shapes of its exits, the main one last; sides of 1 are left out."""

    parameters: int
    macs: int
    outputs: tuple[tuple[int, ...], ...]


ZOO: dict[str, Network] = {
    "alexnet": Network(61_100_840, 714_188_480, ((1000,),)),
    "deeplab_largefov": Network(20_505_429, 50_928_085_696, ((21, 41, 41),)),
    "deeplabv2_resnet101": Network(44_048_532, 188_885_763_264, ((21, 65, 65),)),
    "deeplabv3_resnet101": Network(58_040_661, 70_243_498_432, ((21, 33, 33),)),
    "deeplabv3_resnet50": Network(
        42_004_074,
        178_721_945_088,
        (
            (21, 520, 520),
            (21, 520, 520),
        ),
    ),
    "densenet121": Network(7_978_856, 2_834_161_664, ((1000,),)),
    "densenet_bc": Network(769_162, 287_929_692, ((10,),)),
    "densenet_mc": Network(612_196, 127_177_680, ((100,),) * 7),
    "densenet_star": Network(710_172, 100_951_248, ((100,),)),
    "dilation8_voc": Network(141_149_720, 826_395_410_952, ((21, 66, 66),)),
    "dpn92": Network(37_668_392, 6_501_684_224, ((1000,),)),
    "fcn8s": Network(134_489_759, 181_529_034_048, ((21, 500, 500),)),
    "fcn_resnet50": Network(32_957_013, 142_725_772_800, ((21, 520, 520),)),
    "fpn_resnet50": Network(26_852_416, 6_929_104_896, ((256, 56, 56),)),
    "fractalnet": Network(33_724_618, 845_222_912, ((10,),)),
    "googlenet": Network(6_624_904, 1_498_376_192, ((1000,),)),
    "highway19": Network(2_256_838, 330_826_728, ((10,),)),
    "hrnet_w18": Network(21_299_004, 4_283_537_072, ((1000,),)),
    "mobilenet_v1": Network(4_231_976, 568_740_352, ((1000,),)),
    "mobilenet_v2": Network(3_504_872, 300_774_272, ((1000,),)),
    "pspnet50": Network(
        49_081_578,
        170_149_885_120,
        (
            (21, 473, 473),
            (21, 473, 473),
        ),
    ),
    "refinenet101": Network(118_052_437, 253_969_534_976, ((21, 125, 125),)),
    "res2net50_26w_4s": Network(25_699_120, 4_255_166_464, ((1000,),)),
    "resnet18": Network(11_689_512, 1_814_073_344, ((1000,),)),
    "resnet50": Network(25_557_032, 4_089_184_256, ((1000,),)),
    "resnet_mc": Network(981_836, 139_931_776, ((100,),) * 7),
    "resnext50_32x4d": Network(25_028_904, 4_230_479_872, ((1000,),)),
    "rir": Network(9_492_980, 1_279_279_104, ((10,),)),
    "scnet50": Network(25_564_584, 3_925_286_912, ((1000,),)),
    "segnet": Network(29_455_167, 107_283_087_360, ((21, 360, 480),)),
    "seresnet50": Network(28_088_024, 4_091_699_200, ((1000,),)),
    "shufflenet_v2": Network(2_278_604, 144_907_992, ((1000,),)),
    "squeezenet1_1": Network(1_235_496, 349_151_936, ((1000,),)),
    "unet": Network(31_030_658, 150_428_424_448, ((2, 388, 388),)),
    "unet_same": Network(31_037_698, 238_837_101_568, ((2, 572, 572),)),
    "vgg16": Network(138_357_544, 15_470_264_320, ((1000,),)),
    "wrn28_10": Network(36_479_194, 5_243_328_768, ((10,),)),
}
