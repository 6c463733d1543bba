using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.Tool.Data;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Training;

/// <summary>Trains a network on images: two convolutions with poolings, then hidden layers; its scores are probabilities.</summary>
internal static class ImageTraining
{
    /// <summary>Trains on some images and stops by others.</summary>
    /// <exception cref="DataException">The training diverged.</exception>
    public static TrainedModel Run(ImageData images, TrainingSettings settings, Progress progress, CancellationToken cancellation)
    {
        (Dataset train, Dataset? validation, _, IReadOnlyList<string> classes, PictureFormat? pictures) = images;
        var model = new Sequential(Layers(train.Layout.FeatureShape, classes.Count, settings));
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = settings.LearningRate },
            Metrics = [new Accuracy()],
            Execution = new() { Threads = settings.Threads },
        };
        History history = trainer.Fit(
            train,
            new FitOptions
            {
                Epochs = settings.Epochs,
                BatchSize = settings.BatchSize,
                Seed = settings.Seed,
                Validation = validation,
                EarlyStopping = validation is null ? null : new EarlyStopping { Patience = settings.Patience },
                Progress = new EpochLine(progress),
            },
            cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (history.StopReason == StopReason.Diverged)
            throw new DataException($"Expected a finite loss, found that the training diverged: {history.StopMessage} Lower --learning-rate.");
        var data = new ModelData([], null, classes, pictures);
        var served = new Sequential(model, new Activation(x => x.Softmax())) { InputShape = [.. train.Layout.FeatureShape] };
        byte[] onnx = OnnxExporter.Export(served.Inference, new OnnxExportOptions
        {
            Description = $"Tells images of {string.Join(" × ", train.Layout.FeatureShape)} numbers from 0 to 1 into {classes.Count} classes.",
            Metadata = new Dictionary<string, string> { [ModelData.Key] = data.ToJson() },
        });
        return new TrainedModel(onnx, null, data, history);
    }

    private static Module[] Layers(IReadOnlyList<int> shape, int classes, TrainingSettings settings)
    {
        var random = new RandomSource(settings.Seed);
        (int height, int width) = (Pooled(Pooled(shape[1])), Pooled(Pooled(shape[2])));
        List<Module> layers =
        [
            new Conv2D(shape[0], 16, kernel: 3, random) { Activation = Ops.Relu, Padding = Padding.Same },
            new MaxPool2D(2),
            new Conv2D(16, 32, kernel: 3, random) { Activation = Ops.Relu, Padding = Padding.Same },
            new MaxPool2D(2),
            new Flatten(),
        ];
        int inputs = 32 * height * width;
        foreach (int units in settings.Hidden)
        {
            layers.Add(new Dense(inputs, units, random) { Activation = Ops.Relu });
            if (settings.Dropout > 0)
                layers.Add(new Dropout(settings.Dropout, random));
            inputs = units;
        }

        return [.. layers, new Dense(inputs, classes, random)];

        static int Pooled(int size) => size / 2;
    }
}
