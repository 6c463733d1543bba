using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

public sealed class OriginTests
{
    private static readonly Variable Logits = Variable.Input("z", DType.Float32, ["batch", 3]), Labels = Variable.Input("y", DType.Int64, ["batch"]);

    [Fact]
    public void An_error_at_run_time_names_the_place()
    {
        Variable loss = Ops.SoftmaxCrossEntropyLoss(Logits, Labels);
        new Origin { Layer = "head", Name = "loss" }.Mark([loss], [Logits, Labels]);
        var signature = new Signature([Logits, Labels], [new Output("loss", loss)]);
        Value[] wrong = [Randoms.Normal(1, 2, 3), Value.Of([0L, 7L], 2)];
        GraphException compiled = Assert.Throws<GraphException>(() => Function.Compile(signature).Run(wrong));
        GraphException interpreted = Assert.Throws<GraphException>(() => Interpreter.Run(signature, wrong));
        foreach (GraphException error in new[] { compiled, interpreted })
        {
            Assert.Contains("found 7 in row 1", error.Message, StringComparison.Ordinal);
            Assert.Equal("head/loss", error.Place);
            Assert.Contains("\"head/loss\"", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_profile_names_the_places_of_steps_and_of_their_gradients()
    {
        var w = new Parameter("w", Randoms.Normal(1, 3, 4));
        Variable y = Ops.Gemm(Logits, w).Tanh();
        new Origin { Layer = "dense1" }.Mark([y], [Logits]);
        Variable gradient = Gradient.Of(y.Sum(), w);
        FunctionProfile profile = Function
            .Compile([Logits], [gradient], options: new ExecutionOptions { Compilation = CompilationOptions.None }).Profile([Randoms.Normal(2, 5, 3)], 1);
        Assert.Equal(2, profile.Steps.Count(s => s.Name == "Gemm"));
        Assert.All(profile.Steps.Where(s => s.Name is "Gemm" or "Tanh"), s => Assert.Equal("dense1", s.Place));
        Assert.Contains("dense1", profile.ToString(), StringComparison.Ordinal);
    }
}
