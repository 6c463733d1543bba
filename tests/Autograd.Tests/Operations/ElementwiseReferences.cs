using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using static Toolkit.Autograd.Tests.Operations.ReferenceLoops;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the elementwise operations compute, in plain loops over doubles.</summary>
internal static class ElementwiseReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Abs)] = Unary(Math.Abs),
        [typeof(Add)] = Binary((x, y) => x + y),
        [typeof(And)] = Binary((x, y) => x * y),
        [typeof(BitShift)] = (o, x) => Binary((v, places) => ((BitShift)o).Left
            ? v * Math.Pow(2, places) % Math.Pow(2, 32)
            : Math.Floor(v / Math.Pow(2, places)))(o, x),
        [typeof(BitwiseAnd)] = Binary((v, w) => Bitwise(v, w, (a, b) => a && b)),
        [typeof(BitwiseNot)] = Unary(v => -v - 1),
        [typeof(BitwiseOr)] = Binary((v, w) => Bitwise(v, w, (a, b) => a || b)),
        [typeof(BitwiseXor)] = Binary((v, w) => Bitwise(v, w, (a, b) => a != b)),
        [typeof(Cast)] = (o, x) => Unary(v => ((Cast)o).To switch
        {
            DType.Bool => v != 0 ? 1 : 0,
            DType.Float32 => (float)v,
            DType.Float64 => v,
            _ => Math.Truncate(v),
        })(o, x),
        [typeof(Cos)] = Unary(Math.Cos),
        [typeof(Div)] = Binary((x, y) => x / y),
        [typeof(Equal)] = Binary((x, y) => x == y ? 1 : 0),
        [typeof(Erf)] = Unary(ErfBySeries),
        [typeof(Erfc)] = Unary(x => 1 - ErfBySeries(x)),
        [typeof(Exp)] = Unary(Math.Exp),
        [typeof(SquaredSech)] = Unary(x => 1 / Math.Pow(Math.Cosh(x), 2)),
        [typeof(ExpM1)] = Unary(x => Math.Exp(x) - 1),
        [typeof(Greater)] = Binary((x, y) => x > y ? 1 : 0),
        [typeof(GreaterOrEqual)] = Binary((x, y) => x >= y ? 1 : 0),
        [typeof(Identity)] = Unary(x => x),
        [typeof(Hyperparameter)] = Unary(x => x),
        [typeof(LeakyRelu)] = (o, x) => Unary(v => v > 0 ? v : ((LeakyRelu)o).Alpha * v)(o, x),
        [typeof(Less)] = Binary((x, y) => x < y ? 1 : 0),
        [typeof(LessOrEqual)] = Binary((x, y) => x <= y ? 1 : 0),
        [typeof(Log)] = Unary(Math.Log),
        [typeof(Max)] = Binary(Math.Max),
        [typeof(Min)] = Binary(Math.Min),
        [typeof(Mod)] = (o, x) => Binary((v, w) => ((Mod)o).Truncated ? v - (w * Math.Truncate(v / w)) : v - (w * Math.Floor(v / w)))(o, x),
        [typeof(Mul)] = Binary((x, y) => x * y),
        [typeof(Neg)] = Unary(x => -x),
        [typeof(Not)] = Unary(x => 1 - x),
        [typeof(Or)] = Binary((x, y) => Math.Max(x, y)),
        [typeof(Pow)] = Binary(Math.Pow),
        [typeof(Relu)] = Unary(x => x > 0 ? x : 0),
        [typeof(Sigmoid)] = Unary(x => 1 / (1 + Math.Exp(-x))),
        [typeof(Sign)] = Unary(x => Math.Sign(x)),
        [typeof(Sin)] = Unary(Math.Sin),
        [typeof(Softplus)] = Unary(x => Math.Log(1 + Math.Exp(x))),
        [typeof(Sqrt)] = Unary(Math.Sqrt),
        [typeof(StopGradient)] = Unary(x => x),
        [typeof(Sub)] = Binary((x, y) => x - y),
        [typeof(Tanh)] = Unary(Math.Tanh),
        [typeof(Where)] = (_, x) => [Array64.Make(Broadcast(x), i => x[0][i] != 0 ? x[1][i] : x[2][i])],
    };

    /// <summary>Two numbers of at most 16 bits, bit by bit.</summary>
    private static double Bitwise(double x, double y, Func<bool, bool, bool> bit)
    {
        double result = 0;
        for (int i = 15; i >= 0; i--)
        {
            result = (2 * result) + (bit(Math.Floor(x / Math.Pow(2, i)) % 2 == 1, Math.Floor(y / Math.Pow(2, i)) % 2 == 1) ? 1 : 0);
        }

        return result;
    }

    public static double ErfBySeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
