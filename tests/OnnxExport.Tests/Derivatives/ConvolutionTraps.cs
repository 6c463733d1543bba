using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Second derivatives of f = Σ conv(x, w)³/3 with strides, uneven padding, dilations and groups: sᵀHr for the blocks of the Hessian H. The numbers are those of PyTorch 1.13 in float64.</summary>
internal static class ConvolutionTraps
{
    private static readonly double[] X = Numbers(160, i => Math.Sin(i + 1));

    private static readonly IReadOnlyList<DType> Single = [DType.Float32];

    public static IEnumerable<Trap> All =>
    [
        At("by the image twice", (f, x, _) => Product(f, x, x), -10.278484783383599),
        At("by the image, then the weights", (f, x, w) => Product(f, x, w), -4.129416707651208),
        At("by the weights twice", (f, _, w) => Product(f, w, w), 8.319303265744214),
    ];

    private static Trap At(string name, Func<Variable, Variable, Variable, Variable> product, double right) =>
        new($"sum of cubes of a convolution {name}", x => OfCubes(x, product), X, 0, [right]) { Shape = [2, 4, 5, 4], RuntimeTypes = Single, Tolerance = 2e-5 };

    private static Variable OfCubes(Variable x, Func<Variable, Variable, Variable, Variable> product)
    {
        Variable w = new Identity().Apply(Of(x, [4, 2, 2, 3], i => Math.Cos((0.7 * i) + 0.3))), y = new Conv([2, 1], [1, 0, 2, 1], [2, 1], 2).Apply(x, w);
        return product(Ops.Sum(y * y * y) / 3, x, w);
    }

    private static Variable Product(Variable f, Variable first, Variable second) => Ops.Sum(
        Gradient.Of(Ops.Sum(Gradient.Of(f, first) * Of(f, first.Shape, i => Math.Cos(1.3 * i))), second) * Of(f, second.Shape, i => Math.Sin((0.9 * i) + 0.5)));

    private static Variable Of(Variable like, Shape shape, Func<int, double> number)
    {
        Value value = Value.Zeros(like.DType, shape.ToSizes());
        for (int i = 0; i < value.Count; i++)
            value[i] = number(i);
        return Variable.Of(value);
    }

    private static double[] Numbers(int count, Func<int, double> number) => [.. Enumerable.Range(0, count).Select(number)];
}
