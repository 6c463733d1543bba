using System.Diagnostics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

public sealed class CompileTimeTests
{
    // Not a speed test: work that grows with the square of the nodes would take minutes at the larger size.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_thousand_nodes_compile_in_seconds(bool products)
    {
        Variable x = Variable.Input("x", DType.Float32, [4, 4]);
        Parameter w = new("w", Randoms.Normal(1, 4, 4));
        Variable y = x;
        for (int i = 0; i < (products ? 3_400 : 5_000); i++)
        {
            y = products ? (y.MatMul(w) + i).Tanh() : (y + (0.001 * i)).Tanh();
        }

        var clock = Stopwatch.StartNew();
        Function function = Function.Compile([x], [y]);
        Value result = function.Run(Randoms.Normal(2, 4, 4))[0];
        TestContext.Current.SendDiagnosticMessage($"{clock.Elapsed.TotalSeconds:F2} s for 10,000 nodes");
        Assert.All(result.ToArray<float>(), v => Assert.True(float.IsFinite(v)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"Compiling 10,000 nodes took {clock.Elapsed.TotalSeconds:F1} s.");
    }
}
