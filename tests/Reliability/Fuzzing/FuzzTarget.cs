using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>A reader of files, and files to mutate.</summary>
/// <param name="Name">Its name in the table.</param>
internal abstract record FuzzTarget(string Name)
{
    /// <summary>The most that may be allocated for a file, beside four times its size.</summary>
    public virtual long MostMemory => 64L << 20;

    /// <summary>The mutants of a long run.</summary>
    public virtual int Many => 15_000;

    /// <summary>Valid files.</summary>
    public abstract IReadOnlyList<byte[]> Seeds();

    /// <summary>A mutant of a file.</summary>
    public virtual byte[] Mutate(Random random, byte[] seed, IReadOnlyList<byte[]> seeds) => Mutation.Of(random, seed, seeds);

    /// <summary>Reads a file and checks what it can of the result; throws what the reader throws.</summary>
    /// <param name="path">The mutant.</param>
    /// <param name="bytes">Its content.</param>
    public abstract void Read(string path, byte[] bytes);

    /// <summary>Whether an exception is one that the reader documents.</summary>
    public virtual bool IsTyped(Exception error) => error is ToolkitException;
}
