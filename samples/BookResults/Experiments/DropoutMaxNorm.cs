using Toolkit.Modeling;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class DropoutMaxNorm : DigitClassifier
{
    public override string Name => "dropout-maxnorm";

    public override string Source => "MNIST with dropout and max-norm, book 7.2 and 7.12 (Srivastava et al. 2014, table 2)";

    public override string Settings =>
        "784-800-800-10 rectifiers; dropout 0.2 of inputs, 0.5 of hidden units; columns at most 2; batches of 100; rate 0.1 → 0, momentum 0.5 → 0.9";

    protected override string Published => "1.06 (3 × 1024, a million steps), 1.31 (2 × 800, 60 epochs)";

    protected override (double First, double Last) MomentumDecay => (0.5, 0.9);

    protected override IReadOnlyList<Constraint> Constraints => [new MaxColumnNorm(2.0)];

    protected override Module Model(RandomSource random) => Rectifiers(random, 0.2, 0.5);

    /// <summary>Book 7.12: an average over masks against weight scaling.</summary>
    protected override IEnumerable<Figure> Extra(Laboratory laboratory, Trainer trainer, Dataset train, Dataset test)
    {
        foreach ((int masks, string published) in new[] { (1, "2.27"), (5, "1.37"), (20, "1.38") })
        {
            var sampled = new Trainer
            {
                Model = new MonteCarlo(new Sequential((Module)trainer.Model, new Activation(z => Autograd.Operations.Ops.Softmax(z))), masks),
                Loss = trainer.Loss,
                Optimizer = trainer.Optimizer,
                Metrics = trainer.Metrics,
                Execution = trainer.Execution,
            };
            yield return new($"test error %, mean of {masks} masks", Percent(sampled, test), published);
        }
    }
}
