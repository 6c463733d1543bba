using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Lowering;

/// <summary>What the compiler may choose in place of an operation's own kernel computes the same.</summary>
public sealed class AlternativesTests
{
    private static readonly Variable Image = Variable.Input("image", DType.Float32, ["batch", 16, 13, 14]), Row = Variable.Input("row", DType.Float32, ["batch", 7]);
    private static readonly Parameter Kernel3 = new("w3", Randoms.Normal(1, 24, 16, 3, 3)), Channels = new("channels", Randoms.Normal(2, 24));
    private static readonly Parameter V = new("v", Randoms.Normal(3, 7, 5)), W = new("w", Randoms.Normal(4, 5, 7)), B = new("b", Randoms.Normal(5, 5));

    public static TheoryData<string> Names => [.. Rows.Keys];

    /// <summary>Each alternative with the step that shows that it was chosen.</summary>
    private static Dictionary<string, (Variable Y, string Step, bool Fixed)> Rows => new()
    {
        ["Winograd"] = (Convolved, "Conv", false),
        ["Winograd, image gradient"] = (Gradient.Of(Convolved.Square().Sum(), Image), "ConvInputGradient", false),
        ["Winograd, weight gradient"] = (Gradient.Of(Convolved.Square().Sum(), Kernel3), "ConvWeightGradient", false),
        ["Winograd with its own bias and a rectifier"] = (Conv(Channels).Relu(), "Conv+Relu", false),
        ["packed Winograd"] = (Conv(Channels), "Conv", true),
        ["packed pixels"] = (Ops.Conv(Image, new Parameter("w5", Randoms.Normal(6, 24, 16, 5, 5)), new ConvolutionOptions { Strides = [2, 2] }), "Conv", true),
        ["product with bias and rectifier"] = ((Row.MatMul(V) + B).Relu(), "MatMul+Add+Relu", false),
        ["Gemm with its own bias and a rectifier"] = (new Gemm().Apply(Row, V, B).Relu(), "Gemm+Relu", false),
        ["Gemm with a factor keeps its rectifier apart"] = (new Gemm(Beta: 2).Apply(Row, V, B).Relu(), "Gemm", false),
        ["packed product"] = (new Gemm(TransposeB: true, Alpha: 0.5).Apply(Row, W, B), "Gemm", true),
        ["sum of products"] = (Ops.Gemm(Row, V) + Ops.Gemm(Row, W, transposeB: true, alpha: -0.5), "Gemm+Gemm", false),
        ["positions of apart windows"] = (PoolingGradient(2, 2), "GatherGradient", false),
        ["positions of windows that overlap"] = (PoolingGradient(3, 1), "GatherGradient", false),
        ["a second bias stays an addition"] = (new Gemm().Apply(Row, V, B) + B, "Gemm", false),
    };

    private static Variable Convolved => Conv(null);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_alternative_agrees_with_the_kernel_of_the_operation(string name)
    {
        (Variable y, string step, bool isFixed) = Rows[name];
        Variable input = TopologicalOrder.Of([y]).SelectMany(n => n.Inputs).First(v => v.IsInput);
        Value value = input == Row ? Randoms.Normal(7, 4, 7) : Randoms.Normal(8, 3, 16, 13, 14);
        Function on = Function.Compile([input], [y], options: new ExecutionOptions { FixedParameters = isFixed });
        Assert.Contains(on.Profile([value], 1).Steps, s => s.Name == step);
        Value own = Interpreter.Run(new Signature([input], [new Output("y", y)]), value)[0], found = on.Run(value)[0];
        float scale = own.ToArray<float>().Max(Math.Abs);
        for (int i = 0; i < own.Count; i++)
        {
            Assert.True(Math.Abs(own[i] - found[i]) <= 1e-5 * scale, $"Element {i} is {found[i]}, expected {own[i]}; the largest is {scale}.");
        }
    }

    [Fact]
    public void Results_that_nobody_reads_are_not_computed()
    {
        Variable labels = Variable.Input("labels", DType.Int64, ["batch"]);
        Variable loss = Ops.SoftmaxCrossEntropyLoss(Row, labels), logarithms = loss.Producer!.Outputs[1];
        IReadOnlyList<Variable> parts = Row.Split(1, 2, 4, 1);
        Value[] values = [Randoms.Normal(9, 4, 7), Value.Of([6L, 0L, 3L, 1L], 4)];
        Value[] all = Function.Compile([Row, labels], [loss, logarithms, .. parts]).Run(values);
        Variable[] single = [loss, logarithms, .. parts];
        for (int i = 0; i < single.Length; i++)
        {
            Function alone = Function.Compile([Row, labels], [single[i]]);
            Assert.True(alone.Run(values)[0].BitEquals(all[i]), $"result {i}");
            Assert.True(alone.WorkingMemory <= 128, $"result {i} takes {alone.WorkingMemory} bytes");
        }
    }

    private static Variable PoolingGradient(int kernel, int stride)
    {
        Variable values = Ops.MaxPool(Image, new PoolingOptions { Kernel = [kernel, kernel], Strides = [stride, stride] });
        return new MaxPoolGradient([kernel, kernel], [stride, stride], [0, 0, 0, 0], [1, 1]).Expand(new Arguments(Image, values.Square()))[0];
    }

    private static Variable Conv(Parameter? bias) => new Conv([1, 1], [1, 1, 1, 1], [1, 1], 1).Apply(Image, Kernel3, bias?.Variable);
}
