using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>The functions of the graph language: each builds nodes and computes nothing. Elementwise functions broadcast.</summary>
public static partial class Ops
{
    /// <summary>Adds a scalar or tensor; see <see cref="Elementwise.Add"/>.</summary>
    /// <param name="x">The first term.</param>
    /// <param name="y">The second term.</param>
    public static Variable Add(Variable x, Variable y) => new Add().Apply(x, y);

    /// <summary>Subtracts; see <see cref="Elementwise.Sub"/>.</summary>
    /// <param name="x">The minuend.</param>
    /// <param name="y">The subtrahend.</param>
    public static Variable Sub(Variable x, Variable y) => new Sub().Apply(x, y);

    /// <summary>Multiplies element by element; see <see cref="Elementwise.Mul"/>.</summary>
    /// <param name="x">The first factor.</param>
    /// <param name="y">The second factor.</param>
    public static Variable Mul(Variable x, Variable y) => new Mul().Apply(x, y);

    /// <summary>Divides element by element; see <see cref="Elementwise.Div"/>.</summary>
    /// <param name="x">The dividend.</param>
    /// <param name="y">The divisor.</param>
    public static Variable Div(Variable x, Variable y) => new Div().Apply(x, y);

    /// <summary>Raises to a power; see <see cref="Elementwise.Pow"/>.</summary>
    /// <param name="x">The base.</param>
    /// <param name="y">The exponent.</param>
    public static Variable Pow(this Variable x, Variable y) => new Pow().Apply(x, y);

    /// <summary>Raises to a power that is a number.</summary>
    /// <param name="x">The base.</param>
    /// <param name="y">The exponent.</param>
    public static Variable Pow(this Variable x, double y) => Pow(x, Variable.Scalar(y, x.DType));

    /// <summary>The greater of two; see <see cref="Elementwise.Max"/>.</summary>
    /// <param name="x">The first number.</param>
    /// <param name="y">The second number.</param>
    public static Variable Max(Variable x, Variable y) => new Max().Apply(x, y);

    /// <summary>The greater of a tensor and a number.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The number.</param>
    public static Variable Max(Variable x, double y) => Max(x, Variable.Scalar(y, x.DType));

    /// <summary>The lesser of two; see <see cref="Elementwise.Min"/>.</summary>
    /// <param name="x">The first number.</param>
    /// <param name="y">The second number.</param>
    public static Variable Min(Variable x, Variable y) => new Min().Apply(x, y);

    /// <summary>The lesser of a tensor and a number.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The number.</param>
    public static Variable Min(Variable x, double y) => Min(x, Variable.Scalar(y, x.DType));

    /// <summary>Restricts to the interval [low, high].</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="low">The least result.</param>
    /// <param name="high">The greatest result.</param>
    public static Variable Clip(this Variable x, double low, double high) => Min(Max(x, low), high);

    /// <summary>eˣ; see <see cref="Elementwise.Exp"/>.</summary>
    /// <param name="x">The exponent.</param>
    public static Variable Exp(this Variable x) => new Exp().Apply(x);

    /// <summary>eˣ − 1; see <see cref="Elementwise.ExpM1"/>.</summary>
    /// <param name="x">The exponent.</param>
    public static Variable ExpM1(this Variable x) => new ExpM1().Apply(x);

    /// <summary>ln x; see <see cref="Elementwise.Log"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Log(this Variable x) => new Log().Apply(x);

    /// <summary>√x; see <see cref="Elementwise.Sqrt"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Sqrt(this Variable x) => new Sqrt().Apply(x);

    /// <summary>x².</summary>
    /// <param name="x">The argument.</param>
    public static Variable Square(this Variable x) => Mul(x, x);

    /// <summary>|x|; see <see cref="Elementwise.Abs"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Abs(this Variable x) => new Abs().Apply(x);

    /// <summary>−1, 0 or 1; see <see cref="Elementwise.Sign"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Sign(this Variable x) => new Sign().Apply(x);

    /// <summary>tanh x; see <see cref="Elementwise.Tanh"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Tanh(this Variable x) => new Tanh().Apply(x);

    /// <summary>The logistic sigmoid; see <see cref="Elementwise.Sigmoid"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Sigmoid(this Variable x) => new Sigmoid().Apply(x);

    /// <summary>ln(1 + eˣ); see <see cref="Elementwise.Softplus"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Softplus(this Variable x) => new Softplus().Apply(x);

    /// <summary>max(0, x); see <see cref="Elementwise.Relu"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Relu(this Variable x) => new Relu().Apply(x);

    /// <summary>The leaky rectifier; see <see cref="Elementwise.LeakyRelu"/>.</summary>
    /// <param name="x">The argument.</param>
    /// <param name="alpha">The slope below zero.</param>
    public static Variable LeakyRelu(this Variable x, double alpha = 0.01) => new LeakyRelu(alpha).Apply(x);

    /// <summary>sin x; see <see cref="Elementwise.Sin"/>.</summary>
    /// <param name="x">The angle in radians.</param>
    public static Variable Sin(this Variable x) => new Sin().Apply(x);

    /// <summary>cos x; see <see cref="Elementwise.Cos"/>.</summary>
    /// <param name="x">The angle in radians.</param>
    public static Variable Cos(this Variable x) => new Cos().Apply(x);

    /// <summary>The angle of the point (x, y) from the x-axis, from −π to π: arctan(y/x) in the quadrant of the point. At (0, 0) it is 0 and so is its gradient; of two infinities it is NaN.</summary>
    /// <param name="y">The second coordinates.</param>
    /// <param name="x">The first coordinates.</param>
    public static Variable Atan2(Variable y, Variable x)
    {
        Variable flat = new Atan().Apply(y / x), steep = (Math.PI / 2 * y.Sign()) - new Atan().Apply(x / y);
        Variable turned = Where(Less(x, 0), flat + Where(Less(y, 0), Variable.Scalar(-Math.PI, x.DType), Variable.Scalar(Math.PI, x.DType)), flat);
        return Where(Greater(y.Abs(), x.Abs()), steep, Where(Equal(x, Variable.Scalar(0, x.DType)), 0, turned));
    }

    /// <summary>erf x; see <see cref="Elementwise.Erf"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Erf(this Variable x) => new Erf().Apply(x);

    /// <summary>1 − erf x; see <see cref="Elementwise.Erfc"/>.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Erfc(this Variable x) => new Erfc().Apply(x);

    /// <summary>The hyperbolic sine of x.</summary>
    /// <param name="x">Floating-point numbers.</param>
    public static Variable Sinh(this Variable x) => new Sinh().Apply(x);

    /// <summary>The hyperbolic cosine of x.</summary>
    /// <param name="x">Floating-point numbers.</param>
    public static Variable Cosh(this Variable x) => new Cosh().Apply(x);

    /// <summary>The value as a constant for gradients; see <see cref="Elementwise.StopGradient"/>.</summary>
    /// <param name="x">The value.</param>
    public static Variable StopGradient(this Variable x) => new StopGradient().Apply(x);

    /// <summary>A number that is chosen, under a name; see <see cref="Elementwise.Hyperparameter"/>. A float64 scalar.</summary>
    /// <param name="key">The name.</param>
    /// <param name="value">The number.</param>
    public static Variable Hyperparameter(string key, double value) => new Hyperparameter(key).Apply(Variable.Scalar(value, DType.Float64));

    /// <summary>Converts the element type; the same variable if it has the type already. See <see cref="Elementwise.Cast"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="type">The new element type.</param>
    public static Variable Cast(this Variable x, DType type) => x.DType == type ? x : new Cast(type).Apply(x);

    /// <summary>x &gt; y.</summary>
    /// <param name="x">The first number.</param>
    /// <param name="y">The second number.</param>
    public static Variable Greater(this Variable x, Variable y) => new Greater().Apply(x, y);

    /// <summary>x &gt; y.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The number.</param>
    public static Variable Greater(this Variable x, double y) => Greater(x, Variable.Scalar(y, x.DType));

    /// <summary>x ≥ y.</summary>
    /// <param name="x">The first number.</param>
    /// <param name="y">The second number.</param>
    public static Variable GreaterOrEqual(this Variable x, Variable y) => new GreaterOrEqual().Apply(x, y);

    /// <summary>x &lt; y.</summary>
    /// <param name="x">The first number.</param>
    /// <param name="y">The second number.</param>
    public static Variable Less(this Variable x, Variable y) => new Less().Apply(x, y);

    /// <summary>x &lt; y.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The number.</param>
    public static Variable Less(this Variable x, double y) => Less(x, Variable.Scalar(y, x.DType));

    /// <summary>x = y.</summary>
    /// <param name="x">The first number.</param>
    /// <param name="y">The second number.</param>
    public static Variable Equal(this Variable x, Variable y) => new Equal().Apply(x, y);

    /// <summary>x where the condition holds, y elsewhere.</summary>
    /// <param name="condition">Truth values.</param>
    /// <param name="x">The first choice.</param>
    /// <param name="y">The second choice.</param>
    public static Variable Where(Variable condition, Variable x, Variable y) => new Where().Apply(condition, x, y);

    /// <summary>x where the condition holds, a number elsewhere.</summary>
    /// <param name="condition">Truth values.</param>
    /// <param name="x">The first choice.</param>
    /// <param name="y">The number elsewhere.</param>
    public static Variable Where(Variable condition, Variable x, double y) => Where(condition, x, Variable.Scalar(y, x.DType));

    /// <summary>A number where the condition holds, y elsewhere.</summary>
    /// <param name="condition">Truth values.</param>
    /// <param name="x">The number where the condition holds.</param>
    /// <param name="y">The second choice.</param>
    public static Variable Where(Variable condition, double x, Variable y) => Where(condition, Variable.Scalar(x, y.DType), y);
}
