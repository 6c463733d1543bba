using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>Data are not what was expected: a damaged file, a label out of range, a number that is not finite. The message names the
/// file, line, row or column, what was expected and what was found.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class DataException(string message, Exception? innerException = null) : ToolkitException(message, innerException);
