using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class SoftmaxRegression : DigitClassifier
{
    public override string Name => "softmax";

    public override string Source => "Softmax regression on MNIST, and the fast gradient sign attack on it, book 6.2.2.3 and 7.13 (Goodfellow, Shlens, Szegedy 2015)";

    public override string Settings => "784-10; batches of 100; rate 0.1 → 0, momentum 0.5; ε = 0.25, no clipping";

    protected override string Published => "7.6 to 8.4";

    protected override Module Model(RandomSource random) => new Dense(784, 10, random);

    protected override IEnumerable<Figure> Extra(Laboratory laboratory, Trainer trainer, Dataset train, Dataset test)
    {
        (double error, double confidence) = new FastGradientSign((Module)trainer.Model, (Module)trainer.Model, 784, 0.25, laboratory.Execution).On(test);
        yield return new("adversarial error %", error, "99.9");
        yield return new("confidence % of those errors", confidence, "79.3; 95.8");
    }
}
