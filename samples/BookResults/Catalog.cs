using Toolkit.Samples.BookResults.Experiments;

namespace Toolkit.Samples.BookResults;

/// <summary>All experiments, in the order of the book's sections.</summary>
internal static class Catalog
{
    public static IReadOnlyList<Experiment> All { get; } =
    [
        new MlpBaseline(),
        new DropoutDigits(),
        new DropoutMaxNorm(),
        new MaxoutDropout(),
        new DropConnectDigits(),
        new AdversarialDigits(),
        new LabelSmoothing(),
        new InverseProblem(),
        new Heteroscedastic(),
        new VirtualAdversarialMoons(),
        new VirtualAdversarialDigits(),
        new VirtualAdversarialFewLabels(normalized: false),
        new VirtualAdversarialFewLabels(normalized: true),
        new TangentPropDigits(),
        new ManifoldTangentDigits(),
        new EarlyStoppingRidge(),
        new RetrainingDigits(),
        new BaggingFriedman(),
        new BoostedStumps(),
        new SmallTables(),
        new MonteCarloHousing(),
        new MonteCarloWine(),
        new BoostedMasks(),
        new FewDigits(),
        new AllDigits(),
        new NearestNeighbour(),
        new TangentDistanceDigits(),
        new RadialBasisDigits(),
        new SparseRecovery(),
        new SoftmaxRegression(),
        new ThreeAgainstSeven(),
        new LargeSteps(),
        new SeedEnsemble(),
        new FastDropoutLogistic(),
        new SharedTrunk(),
        new WeightTying(),
        new CurvatureMonitor(),
        new LstmRows(),
        new HalfPrecisionDigits(),
    ];
}
