using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>x = t + 0.3·sin(2πt) + U(−0.1, 0.1): for some x there are three t, so the density of t needs several bumps.</summary>
internal sealed class InverseProblem : Experiment
{
    private const int TrainCount = 1000, TestCount = 10_000, Restarts = 5;

    public override string Name => "mixture-density";

    public override string Source => "The inverse problem, book 6.2.2.4 (Bishop 1994)";

    public override string Settings =>
        "1,000 examples, 20 tanh units, L-BFGS, the best of 5 restarts on the training set; nats on 10,000 fresh examples; epochs are iterations";

    public override int Epochs => 1500;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Value x, Value t) = Draw(TrainCount, laboratory.Random("train"));
        (Value testX, Value testT) = Draw(TestCount, laboratory.Random("test"));
        double Nats(Loss loss, int outputs, bool forward) => forward
            ? Fit(laboratory, loss, outputs, t, x, testT, testX)
            : Fit(laboratory, loss, outputs, x, t, testX, testT);
        var one = new MixtureDensity(1, 1);
        var three = new MixtureDensity(3, 1);
        return
        [
            new("one Gaussian, nats", Nats(one, one.Predictions, false), "−0.49 ± 0.03; exact floor −0.6553"),
            new("mixture of three, nats", Nats(three, three.Predictions, false), "−1.06; exact floor −1.2824"),
            new("squared error", Nats(new MeanSquaredError(), 1, false), "exact floor 0.03831"),
            new("forward, one Gaussian, nats", Nats(one, one.Predictions, true), "exact floor −1.6094 (uniform noise)"),
        ];
    }

    private static double Fit(Laboratory laboratory, Loss loss, int outputs, Value x, Value y, Value testX, Value testY)
    {
        (double least, double test) = (double.PositiveInfinity, double.NaN);
        for (int restart = 0; restart < Restarts; restart++)
        {
            laboratory.ThrowIfCancelled();
            RandomSource random = laboratory.Random("weights").Fork(restart);
            var model = new Sequential(new Dense(1, 20, random) { Activation = Ops.Tanh, WeightInitializer = new Normal(5), BiasInitializer = new Normal(3) }, new Dense(20, outputs, random));
            Variable input = Variable.Input("x", DType.Float32, ["batch", 1]), target = Variable.Input("y", DType.Float32, ["batch", 1]);
            Variable mean = loss.Mean(model.Forward(input, new ForwardContext(Mode.Inference)), target);
            var function = new ScalarFunction(mean, model.Parameters, [(input, x), (target, y)], laboratory.Execution);
            MinimizerResult result = new LimitedMemoryBfgs { Iterations = laboratory.Epochs }.Minimize(function);
            double fresh = new ScalarFunction(mean, model.Parameters, [(input, testX), (target, testY)], laboratory.Execution)
                .Evaluate(function.Point, new double[function.Size]);
            laboratory.Say(FormattableString.Invariant($"{loss.GetType().Name}, {outputs} outputs, restart {restart}: {result.Iterations} iterations, training {result.Value:F4}, test {fresh:F4}"));
            if (result.Value < least)
                (least, test) = (result.Value, fresh);
        }

        return test;
    }

    private static (Value X, Value T) Draw(int count, RandomSource random)
    {
        float[] x = new float[count], t = new float[count];
        for (int i = 0; i < count; i++)
        {
            double at = random.NextDouble();
            t[i] = (float)at;
            x[i] = (float)(at + (0.3 * Math.Sin(2 * Math.PI * at)) + random.NextUniform(-0.1, 0.1));
        }

        return (Value.Of(x, count, 1), Value.Of(t, count, 1));
    }
}
