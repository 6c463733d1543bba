using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>
/// The rest of x divided by y (ONNX <c>Mod</c>): with the sign of the divisor, or with that of the dividend as C's <c>fmod</c> has it. Of integers a divisor
/// of 0 is an error, of floating-point numbers NaN. Gradient: G for x, −G·(quotient) for y, as the jumps are left out.
/// </summary>
/// <param name="Truncated">Whether the rest has the sign of the dividend (<c>fmod = 1</c>); required for floating-point numbers.</param>
public sealed record Mod(bool Truncated = false) : NumberOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Mod(), new ExampleInput(["batch", 5], DType.Int64, -20, 20), new ExampleInput([5], DType.Int64, 2, 7)) { Smoothness = 0 },
        new(new Mod(), new ExampleInput([6], DType.Int32, -20, 20), new ExampleInput([], DType.Int32, -6, -6)) { Smoothness = 0 },
        new(new Mod(), new ExampleInput([6], DType.UInt64, 0, 20), new ExampleInput([], DType.UInt64, 6, 6)) { Smoothness = 0 },
        new(new Mod(true), new ExampleInput([6], DType.Int64, -20, 20), new ExampleInput([], DType.Int64, 6, 6)) { Smoothness = 0 },
        new(new Mod(true), new ExampleInput([2, 3], Low: 2.1, High: 2.9), new ExampleInput([3], Low: 0.91, High: 1.0)),
    ];

    /// <inheritdoc/>
    public override int Arity => 2;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Mod(node.Flag("fmod")).ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) => KnownContent.Of(node, (x, y) => KnownContent.Rest(x, y, Truncated));

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs) => base.InferDType(inputs).IsFloating() && !Truncated
        ? throw new DTypeException($"{Name} of floating-point numbers has the sign of the dividend: it expects fmod = 1, found {inputs[0]} with fmod = 0.")
        : inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        (Variable x, Variable y, Variable z) = (request[0], request[1], request.Result(0));
        return Contributions(request, (g, input) => input == 0 ? g : g * (Ops.StopGradient(z - x) / Ops.StopGradient(y)));
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new(Name) { Attributes = Truncated ? [new OnnxAttribute("fmod", 1L)] : [] };

    /// <inheritdoc/>
    public override bool MayFail(DType type) => !type.IsFloating();

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile)
    {
        ReadOnlySpan<T> x = tile.Input<T>(0);
        ReadOnlySpan<T> y = tile.Input<T>(1);
        Span<T> z = tile.Output<T>();
        bool isInteger = typeof(T) != typeof(float) && typeof(T) != typeof(double);
        for (int i = 0; i < z.Length; i++)
        {
            if (isInteger && y[i] == T.Zero)
            {
                throw new GraphException($"{Name} expects divisors other than 0 where numbers are integers, found {x[i]} and 0.");
            }

            // The hardware traps where the least integer is divided by −1.
            if (isInteger && T.IsNegative(y[i]) && y[i] == T.Zero - T.One)
            {
                z[i] = T.Zero;
                continue;
            }

            T rest = x[i] % y[i];
            z[i] = !Truncated && rest != T.Zero && rest < T.Zero != y[i] < T.Zero ? rest + y[i] : rest;
        }
    }
}
