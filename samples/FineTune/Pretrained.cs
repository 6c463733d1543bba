using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Samples.FineTune;

/// <summary>The file that is taken where none is given: a small convolutional network that has learned the ten digits.</summary>
internal static class Pretrained
{
    public static OnnxModel Create(CancellationToken cancellation)
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new Conv2D(1, 8, 3, random) { Stride = 2, Activation = Ops.Relu },
            new Conv2D(8, 16, 3, random) { Stride = 2, Activation = Ops.Relu },
            new BatchNormalization(16),
            new Flatten(),
            new Dense(16 * 6 * 6, 32, random) { Activation = Ops.Relu },
            new Dense(32, 10, random));
        new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() }.Fit(
            GeneratedDigits.Create(10_000, seed: 1).Reshape(1, 28, 28), new FitOptions { Epochs = 2, BatchSize = 64 }, cancellation);
        return OnnxModel.Load(OnnxExporter.Export(model.Inference), cancellation: cancellation);
    }
}
