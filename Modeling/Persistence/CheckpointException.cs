using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Persistence;

/// <summary>A checkpoint is damaged, or does not fit the model or trainer it is loaded into. The message says what differs; nothing has been
/// changed.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class CheckpointException(string message, Exception? innerException = null) : ToolkitException(message, innerException);
