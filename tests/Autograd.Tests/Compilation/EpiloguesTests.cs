using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

public sealed class EpiloguesTests
{
    private static readonly CompilationOptions Off = new() { FuseEpilogues = false };

    [Fact]
    public void Bias_and_rectifier_run_inside_the_product()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 7]);
        Parameter w = new("w", Randoms.Normal(1, 7, 5)), b = new("b", Randoms.Normal(2, 5));
        Variable y = (x.MatMul(w) + b).Relu();
        Check(x, y, [Randoms.Normal(3, 4, 7)], "MatMul+Add+Relu");
        Check(x, b + x.MatMul(w), [Randoms.Normal(3, 4, 7)], "MatMul+Add");
        Check(x, x.MatMul(w).Relu(), [Randoms.Normal(3, 1, 7)], "MatMul+Relu");
    }

    [Fact]
    public void Bias_and_rectifier_run_inside_the_convolution()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 2, 6, 5]);
        Parameter w = new("w", Randoms.Normal(1, 3, 2, 3, 3)), b = new("b", Randoms.Normal(2, 1, 3, 1, 1));
        Check(x, (Ops.Conv(x, w) + b).Relu(), [Randoms.Normal(3, 2, 2, 6, 5)], "Conv+Add+Relu");
    }

    [Fact]
    public void A_result_that_is_needed_in_between_is_kept()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 7]);
        Parameter w = new("w", Randoms.Normal(1, 7, 5)), b = new("b", Randoms.Normal(2, 5));
        Variable product = x.MatMul(w), sum = product + b;
        Function function = Function.Compile([x], [product, sum, sum.Relu()]);
        Value input = Randoms.Normal(3, 4, 7);
        Assert.Contains(function.Profile([input], 1).Steps, s => s.Name == "MatMul");
        Value[] fused = function.Run(input), plain = Function.Compile([x], [product, sum, sum.Relu()], options: new ExecutionOptions { Compilation = Off }).Run(input);
        for (int i = 0; i < fused.Length; i++)
        {
            Assert.True(fused[i].BitEquals(plain[i]));
        }
    }

    [Fact]
    public void A_sum_of_two_products_is_added_up_where_it_lies()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 7]);
        Parameter v = new("v", Randoms.Normal(1, 7, 5)), w = new("w", Randoms.Normal(2, 5, 7));
        Check(x, Ops.Gemm(x, v) + Ops.Gemm(x, w, transposeB: true, alpha: -0.5), [Randoms.Normal(3, 4, 7)], "Gemm+Gemm");
        Check(x, Ops.Gemm(x, v) + Ops.Gemm(x, v), [Randoms.Normal(3, 4, 7)], "Gemm");
    }

    [Fact]
    public void A_column_or_a_matrix_is_no_bias()
    {
        Variable x = Variable.Input("x", DType.Float32, [4, 7]);
        Parameter w = new("w", Randoms.Normal(1, 7, 4)), column = new("c", Randoms.Normal(2, 4, 1)), matrix = new("m", Randoms.Normal(4, 4, 4));
        Check(x, x.MatMul(w) + column, [Randoms.Normal(3, 4, 7)], "MatMul");
        Check(x, x.MatMul(w) + matrix, [Randoms.Normal(3, 4, 7)], "MatMul");
    }

    [Theory]
    [InlineData(2, 2, 28)]
    [InlineData(3, 2, 21)]
    [InlineData(3, 1, 10)]
    [InlineData(2, 3, 30)]
    [InlineData(5, 2, 8)]
    [InlineData(2, 2, 14)]
    public void Max_pooling_without_its_positions_gives_the_same_values(int kernel, int stride, int width)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3, width, width]);
        Variable y = Ops.MaxPool(x, new PoolingOptions { Kernel = [kernel, kernel], Strides = [stride, stride] });
        Value image = Randoms.Normal(7, 2, 3, width, width);
        image.Span<float>()[5] = float.NaN;
        image.Span<float>()[width] = float.NaN;
        Variable positions = y.Producer!.Outputs[1];
        Function alone = Function.Compile([x], [y]), both = Function.Compile([x], [y, positions]), second = Function.Compile([x], [positions]);
        Value[] expected = both.Run(image);
        Assert.True(alone.Run(image)[0].BitEquals(expected[0]));
        Assert.True(second.Run(image)[0].BitEquals(expected[1]));
        Assert.True(alone.WorkingMemory < both.WorkingMemory);
    }

    private static void Check(Variable x, Variable y, Value[] inputs, string step)
    {
        Function on = Function.Compile([x], [y]), off = Function.Compile([x], [y], options: new ExecutionOptions { Compilation = Off });
        Assert.Contains(on.Profile(inputs, 1).Steps, s => s.Name == step);
        Assert.DoesNotContain(off.Profile(inputs, 1).Steps, s => s.Name is "MatMul+Add+Relu" or "MatMul+Add" or "MatMul+Relu" or "Conv+Add+Relu");
        Randoms.AssertClose(off.Run(inputs)[0], on.Run(inputs)[0], 1e-6);
    }
}
