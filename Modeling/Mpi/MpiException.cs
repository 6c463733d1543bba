using Toolkit.Autograd.Tensors;

namespace Toolkit.Mpi;

/// <summary>MPI is not there, is not what was expected, or a call has failed.</summary>
public sealed class MpiException : ToolkitException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected and what was found.</param>
    public MpiException(string message)
        : base(message)
    {
    }
}
