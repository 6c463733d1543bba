using Toolkit.Modeling;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class MaxoutDropout : DigitClassifier
{
    public override string Name => "maxout-dropout";

    public override string Source => "MNIST with maxout and dropout, book 6.3.1 (Goodfellow et al. 2013)";

    public override string Settings =>
        "two maxout layers of 240 × 5; dropout 0.2 of inputs, 0.5 of hidden units; columns at most 1.9365; batches of 100; rate 0.1 → 0, momentum 0.5 → 0.7";

    protected override string Published => "0.94 (300 epochs and algorithm 7.3), 1.25 (50 epochs)";

    protected override (double First, double Last) MomentumDecay => (0.5, 0.7);

    protected override IReadOnlyList<Constraint> Constraints => [new MaxColumnNorm(1.9365)];

    protected override Module Model(RandomSource random) => new Sequential(
        new Dropout(0.2, random),
        new Maxout(784, 240, 5, random) { WeightInitializer = new Uniform(-0.005, 0.005) },
        new Dropout(0.5, random),
        new Maxout(240, 240, 5, random) { WeightInitializer = new Uniform(-0.005, 0.005) },
        new Dropout(0.5, random),
        new Dense(240, 10, random) { WeightInitializer = new Uniform(-0.005, 0.005) });
}
