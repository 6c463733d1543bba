using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class CurvatureMonitor : Experiment
{
    private const int BatchSize = 50;

    public override string Name => "curvature";

    public override string Source => "Gradient and curvature on the way down, book 8.2.1, equation 8.10 and figure 8.1";

    public override string Settings => "optical digits, 64-256-256-10 rectifiers; plain descent at 0.1, batches of 50; gradient of the whole training set";

    public override int Epochs => 40;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, _) = laboratory.Data.OptDigits();
        RandomSource random = laboratory.Random("weights");
        var model = new Sequential(SmallTraining.Rectifiers(64, 256, random), SmallTraining.Rectifiers(256, 256, random), new Dense(256, 10, random));
        Trainer trainer = SmallTraining.Of(laboratory, model, new Sgd { LearningRate = 0.1 });
        trainer.Prepare(train.Layout);
        Function step = Function.Compile(trainer.TrainingStep, laboratory.Execution);
        Variable x = Variable.Input("x", DType.Float32, ["batch", 64]), y = Variable.Input("y", DType.Int64, ["batch"]);
        var whole = new ScalarFunction(
            new SoftmaxCrossEntropy().Mean(model.Forward(x, new ForwardContext(Mode.Inference)), y),
            model.Parameters,
            [(x, Value.Of(train.Features.ToArray(), train.Count, 64)), (y, Value.Of(train.Labels.ToArray(), train.Count))],
            laboratory.Execution);
        var expected = new Dictionary<int, string>
        {
            [0] = "2.81, 3.14, 11.3",
            [10] = "1.47, 1.18, 3.9",
            [100] = "0.228, 0.57, 8.4",
            [1000] = "0.045, 0.16, 4.1",
            [3000] = "0.012, 0.09, 2.9",
        };
        var figures = new List<Figure>();
        int update = 0;
        for (int epoch = 0; epoch < laboratory.Epochs; epoch++)
        {
            foreach (Batch batch in train.Batches(new BatchOptions { Size = BatchSize, ShuffleSeed = laboratory.Seed }, epoch))
            {
                laboratory.ThrowIfCancelled();
                if (expected.TryGetValue(update, out string? published))
                    figures.AddRange(Measure(whole, update, published));
                step.Run(batch.Features, batch.Target);
                update++;
            }
        }

        return figures;
    }

    private static IEnumerable<Figure> Measure(ScalarFunction whole, int update, string published)
    {
        double[] gradient = new double[whole.Size];
        double loss = whole.Evaluate(whole.Point, gradient);
        double square = gradient.Sum(g => g * g);
        double curvature = whole.HessianProduct(gradient).Zip(gradient, (h, g) => h * g).Sum() / square;
        yield return new($"loss at update {update}", loss, $"{published} (loss, ‖g‖, gᵀHg/gᵀg)");
        yield return new($"‖g‖ at update {update}", Math.Sqrt(square));
        yield return new($"gᵀHg/gᵀg at update {update}", curvature);
    }
}
