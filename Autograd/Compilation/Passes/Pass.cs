namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>One thing that the compiler does to a computation, with the same results.</summary>
internal abstract class Pass
{
    /// <summary>What the pass does, in two or three words.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the pass is switched on.</summary>
    /// <param name="options">The switches.</param>
    public abstract bool IsOn(CompilationOptions options);
}
