using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>
/// A network that has learned from photographs on few pictures of another kind: a new head alone, then the head with the last block, against the same network from fresh weights on the same pictures.
/// </summary>
/// <param name="Body">The value on which the head stands, maps of features.</param>
/// <param name="Block">Patterns of the names of the parameters of the last block.</param>
internal sealed record PictureStudy(string Body, IReadOnlyList<string> Block)
{
    private const int BatchSize = 32, HeadEpochs = 30;

    /// <summary>The ResNet-18 of the package Microsoft.ML.DnnImageFeaturizer.ResNet18, whose last block has these numbers.</summary>
    public static PictureStudy ResNet18 { get; } =
        new("ReLU393_Output_0", ["Parameter14", "Parameter403", "Parameter404", "Parameter10", "Parameter417", "Parameter418"]);

    /// <summary>Does it.</summary>
    /// <param name="options">Model and training.</param>
    /// <param name="train">Pictures to learn from.</param>
    /// <param name="test">Pictures to measure with.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IEnumerable<StudyFigure> Run(StudyOptions options, Dataset train, Dataset test, CancellationToken cancellation)
    {
        OnnxModel file = OnnxModel.Load(options.Model, cancellation: cancellation).Cut(Body);
        int classes = train.Layout.ClassCount;
        var random = new RandomSource(options.Seed);

        // What is frozen gives the same features in every epoch: they are computed once.
        var body = new Sequential(new SignatureModel(file.Frozen("*").Inference), new GlobalPool());
        Dataset features = Features(body, train, classes, options), held = Features(body, test, classes, options);
        var head = new Sequential(new BatchNormalization(features.Layout.FeatureShape[0]), new Dense(features.Layout.FeatureShape[0], classes, random.Fork("head")));
        yield return new StudyFigure("head", Train(head, features, held, HeadEpochs, 0.003, options, cancellation));

        // The head goes on from there, with the last block.
        var block = new Sequential(new SignatureModel(file.Frozen("*").Trainable(Block).Inference), new GlobalPool(), head);
        yield return new StudyFigure("last block", Train(block, train, test, options.Epochs, 0.0003, options, cancellation));

        OnnxModel fresh = OnnxModel.Load(options.Model, cancellation: cancellation).Cut(Body);
        Renew(fresh.Parameters, random.Fork("fresh"));
        var whole = new Sequential(new SignatureModel(fresh.Inference), new GlobalPool(), new BatchNormalization(features.Layout.FeatureShape[0]), new Dense(features.Layout.FeatureShape[0], classes, random.Fork("other")));
        yield return new StudyFigure("from scratch", Train(whole, train, test, options.Epochs, 0.001, options, cancellation));
    }

    private static Dataset Features(Sequential body, Dataset pictures, int classes, StudyOptions options)
    {
        Value features = body.Predict(pictures, options.Execution);
        return Dataset.FromLabels(features.ToArray<float>(), [features.Sizes[1]], pictures.Labels.ToArray(), classes);
    }

    private static double Train(Module model, Dataset train, Dataset test, int epochs, double rate, StudyOptions options, CancellationToken cancellation)
    {
        rate *= options.Rate;
        int steps = epochs * ((train.Count + BatchSize - 1) / BatchSize);
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = new CosineDecay(rate, rate / 100, steps) },
            Metrics = [new Accuracy()],
            Execution = options.Execution,
        };
        trainer.Fit(train, new FitOptions { Epochs = epochs, BatchSize = BatchSize, Seed = options.Seed }, cancellation);
        return trainer.Evaluate(test)["accuracy"];
    }

    /// <summary>Fresh weights: normal ones of variance 2/fan-in (He et al. 2015), normalizations that change nothing.</summary>
    private static void Renew(IEnumerable<Parameter> parameters, RandomSource random)
    {
        foreach (Parameter parameter in parameters)
        {
            Span<float> numbers = parameter.Value.Span<float>();
            if (parameter.Role == ParameterRole.Weight && parameter.Value.Rank == 4)
                random.FillNormal(numbers, 0, Math.Sqrt(2.0 * parameter.Value.Sizes[0] / parameter.Value.Count));
            else
                numbers.Fill(parameter.Role == ParameterRole.Scale ? 1 : 0);
        }
    }
}
