namespace Toolkit.Autograd.Tensors;

/// <summary>The base of every exception that the Toolkit throws by itself. A message names what was expected and what was found.</summary>
public abstract class ToolkitException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="innerException">The cause, if another exception led here.</param>
    protected ToolkitException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Where in the graph it happened, as a person calls the place; null where that is not known.</summary>
    public string? Place { get; private set; }

    /// <summary>What was expected, what was found, and where.</summary>
    public override string Message => Place is null ? base.Message : $"{base.Message} This happened in \"{Place}\".";

    /// <summary>Says where it happened, if that is not known yet.</summary>
    internal void Locate(string place)
    {
        if (place.Length > 0)
        {
            Place ??= place;
        }
    }
}

/// <summary>Shapes do not fit an operation, a layer or a binding.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class ShapeException(string message, Exception? innerException = null) : ToolkitException(message, innerException);

/// <summary>A tensor, or the memory for the intermediate results of a computation, is larger than the engine can have.</summary>
/// <param name="message">The size that was expected and the one that was found, and what to do.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class SizeException(string message, Exception? innerException = null) : ToolkitException(message, innerException);

/// <summary>Element types do not fit: the Toolkit never promotes types silently.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class DTypeException(string message, Exception? innerException = null) : ToolkitException(message, innerException);

/// <summary>A graph is not what a function, a gradient or an export needs: a missing input, a duplicate name, an unreachable value.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class GraphException(string message, Exception? innerException = null) : ToolkitException(message, innerException);

/// <summary>A derivative is not defined: names the operation, the input and the reason.</summary>
/// <param name="message">The operation, the input and the reason.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class GradientException(string message, Exception? innerException = null) : ToolkitException(message, innerException);
