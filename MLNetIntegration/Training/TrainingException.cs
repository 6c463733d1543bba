using Toolkit.Autograd.Tensors;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A data view cannot be learned from: names the column, what was expected and what was found.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class TrainingException(string message, Exception? innerException = null) : ToolkitException(message, innerException);
