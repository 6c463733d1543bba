using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Manifolds;

/// <summary>What <see cref="ManifoldTangentClassifier"/> has made.</summary>
/// <param name="Classifier">The classifier, which takes examples without tangents and exports as usual.</param>
/// <param name="Autoencoder">The autoencoder, whose encoder has been fine-tuned with the classifier since.</param>
/// <param name="Tangents">The tangents of the labelled examples, from before the fine-tuning.</param>
public sealed record TrainedTangentClassifier(Module Classifier, Autoencoder Autoencoder, ManifoldTangents Tangents);
