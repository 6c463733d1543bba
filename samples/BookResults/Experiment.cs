namespace Toolkit.Samples.BookResults;

/// <summary>A result of the literature, with the settings that it is reproduced with.</summary>
internal abstract class Experiment
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What is shown, and where it was published.</summary>
    public abstract string Source { get; }

    /// <summary>The settings in words.</summary>
    public abstract string Settings { get; }

    /// <summary>The number of epochs (of steps, where there are no epochs) unless the command line says otherwise.</summary>
    public abstract int Epochs { get; }

    /// <summary>Does it.</summary>
    /// <param name="laboratory">Data, training with progress and checkpoints, and what the command line asks for.</param>
    public abstract IReadOnlyList<Figure> Run(Laboratory laboratory);
}
