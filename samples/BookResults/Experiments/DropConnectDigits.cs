using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class DropConnectDigits : DigitClassifier
{
    public override string Name => "dropconnect";

    public override string Source => "MNIST with DropConnect, book 7.12 (Wan et al. 2013)";

    public override string Settings => "784-800-800-10 rectifiers; half of the weights dropped in hidden layers, one mask a batch; batches of 100; rate 0.1 → 0, momentum 0.5";

    protected override string Published => "1.20 ± 0.034 (a mask for each example), 1.68 (one mask a batch, 40 epochs)";

    protected override Module Model(RandomSource random) => new Sequential(
        new DropConnect(784, 800, 0.5, random) { Activation = Ops.Relu },
        new DropConnect(800, 800, 0.5, random) { Activation = Ops.Relu },
        new Dense(800, 10, random));
}
