using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;

namespace Toolkit.Bench.Kernels;

/// <summary>Operators that pass over their operand once or a few times, by name, with the sizes of the operand: pooling, normalization, reductions, activations, moves.</summary>
internal static class PassCases
{
    /// <summary>The cases.</summary>
    public static IEnumerable<(string Name, int[] Sizes, Func<Variable, Variable> Build)> All()
    {
        int[] picture = [1, 64, 112, 112], rows = [128, 1536], heads = [12, 128, 128], series = [8, 64, 512];
        yield return ("MaxPool 3x3, stride 2, padding 1", picture, x => x.MaxPool(new() { Kernel = [3, 3], Strides = [2, 2], Pads = [1, 1, 1, 1] }));
        yield return ("MaxPool 2x2, stride 2", picture, x => x.MaxPool(new() { Kernel = [2, 2], Strides = [2, 2] }));
        yield return ("MaxPool 5x5, padding 2", [1, 256, 20, 20], x => x.MaxPool(new() { Kernel = [5, 5], Strides = [1, 1], Pads = [2, 2, 2, 2] }));
        yield return ("AveragePool 2x2, stride 2", picture, x => x.AveragePool(new() { Kernel = [2, 2], Strides = [2, 2] }));
        yield return ("AveragePool 3x3, padding 1", [1, 192, 35, 35], x => x.AveragePool(new() { Kernel = [3, 3], Strides = [1, 1], Pads = [1, 1, 1, 1] }));
        yield return ("GlobalAveragePool 7x7", [1, 512, 7, 7], x => new GlobalAveragePool().Apply(x));
        yield return ("Softmax of 128", heads, x => x.Softmax());
        yield return ("LogSoftmax of 1536", rows, x => x.LogSoftmax());
        yield return ("InstanceNormalization", picture, x => new InstanceNormalization().Apply(x, Ones(64), Ones(64)));
        yield return ("ReduceSum, last axis", rows, x => x.Sum([1]));
        yield return ("ReduceSum, first axis", rows, x => x.Sum([0]));
        yield return ("ReduceMean, pictures", picture, x => x.Mean([2, 3], true));
        yield return ("ReduceMax, last axis", rows, x => x.ReduceMax([1]));
        yield return ("ReduceMax, middle axis", series, x => x.ReduceMax([1]));
        yield return ("ArgMax, last axis", rows, x => x.ArgMax(1).Cast(Autograd.Tensors.DType.Float32));
        yield return ("Relu", rows, x => x.Relu());
        yield return ("LeakyRelu", rows, x => x.LeakyRelu());
        yield return ("Clip 0 to 6", rows, x => x.Clip(0, 6));
        yield return ("Exp", rows, x => x.Exp());
        yield return ("Log of |x|", rows, x => x.Abs().Log());
        yield return ("Tanh", rows, x => x.Tanh());
        yield return ("Sigmoid", rows, x => x.Sigmoid());
        yield return ("Erf", rows, x => x.Erf());
        yield return ("Softplus", rows, x => x.Softplus());
        yield return ("Sin", rows, x => x.Sin());
        yield return ("Gelu", rows, x => new Gelu().Apply(x));
        yield return ("HardSwish", rows, x => new HardSwish().Apply(x));
        yield return ("Elu", rows, x => new Elu().Apply(x));
        yield return ("Mish", rows, x => new Mish().Apply(x));
        yield return ("Pow 0.7 of |x|", rows, x => x.Abs().Pow(0.7));
        yield return ("Round", rows, x => new Round().Apply(x));
        yield return ("Add of a row", rows, x => x + Ones(1536));
        yield return ("Mul by channel", picture, x => x * Ones(64).Reshape([64, 1, 1]));
        yield return ("Where x > 0", rows, x => Ops.Where(x.Greater(0), x, 0.5));
        yield return ("Transpose of two axes", rows, x => x.Transpose([1, 0]));
        yield return ("Transpose of heads", [1, 128, 12, 64], x => x.Transpose([0, 2, 1, 3]));
        yield return ("Transpose NCHW to NHWC", picture, x => x.Transpose([0, 2, 3, 1]));
        yield return ("Concat of channels", picture, x => Ops.Concat(1, x, x));
        yield return ("Slice of channels", picture, x => x.Slice(1, 16, 48));
        yield return ("Slice, every second column", picture, x => x.Slice(3, 0, 112, 2));
        yield return ("Pad by 1", picture, x => x.Pad([0, 0, 1, 1], [0, 0, 1, 1]));
    }

    private static Variable Ones(int count) => Variable.Of(Toolkit.Autograd.Tensors.Value.Of(Enumerable.Range(0, count).Select(i => 1 + (i % 7 / 8f)).ToArray(), count));
}
