using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>An attack on a classifier: x + ε·sign(∇J), without clipping (book 7.13).</summary>
internal sealed class FastGradientSign
{
    private readonly Function function;

    /// <param name="attacked">The model whose gradient makes the examples.</param>
    /// <param name="judged">The model that is shown them.</param>
    /// <param name="features">The number of features.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="execution">Threads.</param>
    public FastGradientSign(Module attacked, Module judged, int features, double epsilon, ExecutionOptions execution)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", features]), y = Variable.Input("y", DType.Int64, ["batch"]);
        Variable loss = new SoftmaxCrossEntropy().Mean(attacked.Forward(x, new ForwardContext(Mode.Inference)), y);
        Variable changed = x + (epsilon * Gradient.Of(loss, x).Sign());
        Variable p = judged.Forward(changed, new ForwardContext(Mode.Inference)).Softmax();
        Variable wrong = 1.0 - Ops.Equal(p.ArgMax(1), y).Cast(DType.Float32);
        function = Function.Compile([x, y], [wrong.Sum(), (wrong * p.ReduceMax([1])).Sum()], null, execution);
    }

    /// <summary>The error in %, and the mean confidence of the errors in %.</summary>
    public (double Error, double Confidence) On(Dataset test)
    {
        double wrong = 0, confidence = 0;
        foreach (Batch batch in test.Batches(new BatchOptions { Size = 500 }))
        {
            Value[] sums = function.Run(batch.Features, batch.Target);
            wrong += sums[0].Scalar();
            confidence += sums[1].Scalar();
        }

        return (100.0 * wrong / test.Count, wrong == 0 ? 0 : 100.0 * confidence / wrong);
    }
}
