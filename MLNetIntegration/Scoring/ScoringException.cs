using Toolkit.Autograd.Tensors;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A data view and a model do not fit: names the model input, what it expects, and the column found.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class ScoringException(string message, Exception? innerException = null) : ToolkitException(message, innerException);
