using Microsoft.ML;

namespace Toolkit.Samples.Tabular;

/// <summary>A trainer under its name.</summary>
internal sealed record Contender(string Name, Family Family, IEstimator<ITransformer> Trainer);
