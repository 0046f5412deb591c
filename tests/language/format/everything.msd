

#!shebang
#no space
#---- ruler
import "blocks.msd"   ;let a=1; let bb  = 2 ;; # both
default conv(bias)   
# about n
network n(classes = 10, # how many
  # the depth
  depth=4, size = 32 # last
  ) { # behind the brace


  # first
  input 3 x(2*size)x min(size,3)*2
  scales (3) { init (1+2),2*a, 3 ; growth - 1,22,a*b*c # g
   # between
   formula (a+b)*2
   very_long_name floor(a/b)*2^(s-1) }
  stem [a,b]->bn relu
     # own line
     ->conv3x3(8)
  vertical in*(gap conv1x1(4,bias) relu conv1x1(16,bias) sigmoid)+x-> gap
  let k = -a + -b*c- -2^-1 % 3
  let q = a when 1<s<=3 and(s+1 == 2*a or b>3)else b
  let qq=(a+b)*c/d + (a+b)
  layers depth on 1..n-1 dense (g+1) { diagonal up h(share,w[s+1]) /2 ; diagonal h(a)/2; horizontal (h(b)); from j where j>=1 :fuse(s,j) ;join add; then relu }
  layers 3 on n residual{
    horizontal x }
  exits at 4,8,n*(n+1)/2 for n in 1..2*K-1,stage 3, end in each stage on scale s-1: conv3x3(128)/2 bn relu conv3x3(128)/2 bn relu avgpool2x2/2 flatten linear(classes)
  exit mood at end:gap linear(10) # c
  exit aux at 4..n step 2 : dwconv3x3 bn relu6 conv1x1(8) bn relu6 dropout(0.2) linear(10)
  exit pre at 3: bn relu conv1x1(4*growth) bn relu conv3x3(growth) dropout(0.2)
  reduce in B blocks:conv1x1(compress(0.5)) bn relu
  expect params<=3M,macs at exit1<=1G,macs 18_464, macs at exit2 <= 2G, macs at exit3 <= 3G, macs at exit4 <= 4G, macs at exit5 <= 5G
  repeat 2 {}
  stages{ # nothing
  }
  sweep up enc on 1..4 { horizontal crop;  vertical deconv2x2(width, up=2, bias);  join concat;  then twice(width) }
  block u(c){ }
  block v(c){a,b=split(in,2);y[i+1]=y[ i - 1]+b for i in 2..n; out=[y[1],very_long_operand_number_one(conv3x3(a), b),very_long_operand_number_two(conv3x3(a), b), yet_another] } # end v

  # last
}
# tail 1

# tail 2
