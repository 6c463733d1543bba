using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>A computation cannot be written as ONNX with the options given: names the operation or option and the reason.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class ExportException(string message, Exception? innerException = null) : ToolkitException(message, innerException);
