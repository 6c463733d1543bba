namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The body of a parallel loop as an unmanaged structure (pointers and numbers), copied to the stack of every thread that takes part for the time of
/// the loop. The just-in-time compiler specializes the loop for each structure, so the call of <see cref="Execute"/> is inlined.
/// </summary>
internal interface IJob
{
    /// <summary>Does iteration <paramref name="index"/>.</summary>
    /// <param name="index">The iteration.</param>
    /// <param name="participant">Which thread runs it, from 0 to <see cref="Workers.Threads"/> − 1: the key of private scratch memory.</param>
    void Execute(int index, int participant);
}
