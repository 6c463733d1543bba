using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class DropoutDigits : DigitClassifier
{
    public override string Name => "dropout";

    public override string Source => "MNIST with dropout, book 7.12 (Wan et al. 2013)";

    public override string Settings => "784-800-800-10 rectifiers; dropout 0.2 of inputs, 0.5 of hidden units; batches of 100; rate 0.1 → 0, momentum 0.5 → 0.9";

    protected override string Published => "1.28 ± 0.04";

    protected override (double First, double Last) MomentumDecay => (0.5, 0.9);

    protected override Module Model(RandomSource random) => Rectifiers(random, 0.2, 0.5);
}
