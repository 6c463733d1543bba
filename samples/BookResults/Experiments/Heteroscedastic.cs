using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>y = sin(2πx) + (0.05 + 0.45x)·e: noise that grows with x.</summary>
internal sealed class Heteroscedastic : Experiment
{
    private const int TrainCount = 1000, TestCount = 20_000;

    public override string Name => "heteroscedastic";

    public override string Source => "A variance that depends on the input, book 6.2.2.4, and its calibration";

    public override string Settings =>
        "1,000 examples, 10 tanh units, deviation through softplus, L-BFGS; nats and intervals on 20,000 fresh examples; epochs are iterations";

    public override int Epochs => 400;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Value x, Value y) = Draw(TrainCount, laboratory.Random("train"));
        (Value testX, Value testY) = Draw(TestCount, laboratory.Random("test"));
        RandomSource random = laboratory.Random("weights");
        var own = new Sequential(new Dense(1, 10, random) { Activation = Ops.Tanh, WeightInitializer = new Normal(5), BiasInitializer = new Normal(3) }, new Dense(10, 2, random));
        var shared = new Sequential(
            new Dense(1, 10, random) { Activation = Ops.Tanh, WeightInitializer = new Normal(5), BiasInitializer = new Normal(3) }, new Dense(10, 1, random), new SharedOutputs(1));
        double[] varying = Fit(laboratory, own, x, y, testX, testY), constant = Fit(laboratory, shared, x, y, testX, testY);
        return
        [
            new("nats, variance of the input", varying[0], "−0.017 to −0.005; exact floor −0.01837"),
            new("nats, one variance", constant[0], "0.239 to 0.240; exact floor 0.22867"),
            new("gain in nats", constant[0] - varying[0], "at least 0.2"),
            new("90 % interval covers %", 100 * varying[1], "90"),
            new("90 % interval covers % where x < 0.2", 100 * varying[2], "90"),
            new("90 % interval covers % where x < 0.2, one variance", 100 * constant[2], "more than 99"),
        ];
    }

    private static double[] Fit(Laboratory laboratory, Module model, Value x, Value y, Value testX, Value testY)
    {
        laboratory.ThrowIfCancelled();
        Variable input = Variable.Input("x", DType.Float32, ["batch", 1]), target = Variable.Input("y", DType.Float32, ["batch", 1]);
        Variable output = model.Forward(input, new ForwardContext(Mode.Inference));
        var loss = new FullCovarianceGaussian(1);
        var function = new ScalarFunction(loss.Mean(output, target), model.Parameters, [(input, x), (target, y)], laboratory.Execution);
        MinimizerResult result = new LimitedMemoryBfgs { Iterations = laboratory.Epochs }.Minimize(function);
        laboratory.Say(FormattableString.Invariant($"{result.Iterations} iterations, training {result.Value:F4} nats"));
        Distribution stated = loss.Of(output);
        Variable deviation = Ops.Sqrt(stated.Variance);
        const double Wide = 1.6448536269514722;
        Variable inside = Ops.GreaterOrEqual(Wide * deviation, Ops.Abs(target - stated.Mean)).Cast(DType.Float32), left = Ops.Less(input, 0.2).Cast(DType.Float32);
        Function measure = Function.Compile([input, target], [loss.Mean(output, target), inside.Mean(), (inside * left).Sum() / left.Sum()], null, laboratory.Execution);
        return [.. measure.Run(testX, testY).Select(v => v.Scalar())];
    }

    private static (Value X, Value Y) Draw(int count, RandomSource random)
    {
        float[] x = new float[count], y = new float[count];
        for (int i = 0; i < count; i++)
        {
            double at = random.NextDouble();
            x[i] = (float)at;
            y[i] = (float)(Math.Sin(2 * Math.PI * at) + ((0.05 + (0.45 * at)) * random.NextNormal()));
        }

        return (Value.Of(x, count, 1), Value.Of(y, count, 1));
    }
}
