import "blocks.py"
import "../../etc/passwd"

network n {
  input 3 x 32 x 32
  exit at end: gap linear(10)
}
