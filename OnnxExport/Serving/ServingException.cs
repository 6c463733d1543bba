using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>A model cannot be loaded or run.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">ONNX Runtime's own error, if there is one.</param>
public sealed class ServingException(string message, Exception? innerException = null) : ToolkitException(message, innerException);

/// <summary>The provider that was asked for is not available; names the package that is missing and the providers that are there.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">ONNX Runtime's own error, if there is one.</param>
public sealed class ProviderUnavailableException(string message, Exception? innerException = null) : ToolkitException(message, innerException);
