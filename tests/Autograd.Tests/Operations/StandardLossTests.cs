using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Losses;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Labels that are no class never look as if they were right.</summary>
public sealed class StandardLossTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(long.MinValue)]
    [InlineData(1L << 32)]
    public void A_label_that_is_no_class_gives_no_number(long label)
    {
        Variable x = Variable.Input("x", DType.Float32, [2, 3]), y = Variable.Input("y", DType.Int64, [2]);
        foreach (LossReduction reduction in Enum.GetValues<LossReduction>())
        {
            foreach (Variable loss in new[] { new NegativeLogLikelihoodLoss(reduction).Apply(x, y), new SoftmaxCrossEntropyLoss(reduction).ApplyAll(x, y)[0] })
            {
                var signature = new Signature([x, y], [new Output("loss", loss)]);
                Value[] values = [Value.Of([0.1f, 0.2f, 0.3f, 1, 2, 3], 2, 3), Value.Of([1, label], 2)];
                foreach (Value found in new[] { Interpreter.Run(signature, values)[0], Function.Compile(signature).Run(values)[0] })
                {
                    float[] losses = found.ToArray<float>();
                    Assert.True(float.IsNaN(losses[^1]), $"{reduction}: {losses[^1]}");
                    Assert.Equal(reduction == LossReduction.None, float.IsFinite(losses[0]));
                }
            }
        }
    }

    /// <summary>A label that does not count may be any number.</summary>
    [Fact]
    public void An_ignored_label_counts_for_nothing()
    {
        Variable x = Variable.Input("x", DType.Float32, [3, 2]), y = Variable.Input("y", DType.Int64, [3]);
        Variable loss = new NegativeLogLikelihoodLoss(LossReduction.Mean, -100).Apply(x, y);
        Value found = Function.Compile(new Signature([x, y], [new Output("loss", loss)])).Run(Value.Of([-1f, -2, -4, -8, -16, -32], 3, 2), Value.Of([0L, -100, 1], 3))[0];
        Assert.Equal(16.5, found.Scalar(), 1e-5);
    }
}
