using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Training;

namespace Toolkit.Bench.Steps;

/// <summary>The five greatest eigenvalues of the Hessian of a perceptron on MNIST, by Lanczos' method from two vectors.</summary>
internal static class HessianEigenvalues
{
    private const int Examples = 2_000, Greatest = 5;

    public static void Run(string folder, int products)
    {
        var random = new RandomSource(1);
        (Dataset train, _) = Dataset.LoadIdx(folder);
        var model = new Sequential(new Dense(784, 128, random) { Activation = Ops.Tanh }, new Dense(128, 10, random));
        new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() }.Fit(train, new FitOptions { Epochs = 1, BatchSize = 128 });

        Batch batch = train.Batches(new BatchOptions { Size = Examples }).First();
        Variable x = Variable.Input("x", DType.Float32, [Examples, 784]), y = Variable.Input("y", DType.Int64, [Examples]);
        Variable loss = new SoftmaxCrossEntropy().PerExample(model.Forward(x, new ForwardContext(Mode.Inference)), y).Mean();
        var f = new ScalarFunction(loss, model.Parameters, [(x, batch.Features), (y, batch.Target)]);
        Eigenpair[][] found = [.. new ulong[] { 11, 12 }.Select(seed => Lanczos.Eigenpairs(v => f.HessianProduct(v), f.Size, products, new RandomSource(seed)).TakeLast(Greatest).Reverse().ToArray())];
        Console.WriteLine($"{f.Size} parameters, {Examples} examples, {products} products with the Hessian from each of two vectors");
        double worst = 0;
        foreach ((Eigenpair a, Eigenpair b) in found[0].Zip(found[1]))
        {
            double difference = Math.Abs(a.Value - b.Value) / Math.Abs(a.Value);
            worst = Math.Max(worst, difference);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{a.Value:G7}\t{b.Value:G7}\tdifference {difference:0.0e+0}\tresiduals {a.Residual:0.0e+0}, {b.Residual:0.0e+0}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RESULT products={products} difference={worst:0.0e+0}"));
    }
}
