namespace Toolkit.Tool.Reporting;

/// <summary>Says how far a command is, beside its result: on a terminal one line that changes, elsewhere a line for each step.</summary>
/// <param name="error">Where to.</param>
/// <param name="isQuiet">Whether to say nothing.</param>
internal sealed class Progress(TextWriter error, bool isQuiet) : IDisposable
{
    private readonly bool isTerminal = error == Console.Error && !Console.IsErrorRedirected;
    private int length;

    public void Show(string line)
    {
        if (isQuiet)
            return;
        if (isTerminal)
            error.Write('\r' + line.PadRight(length));
        else
            error.WriteLine(line);
        length = line.Length;
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (isTerminal && length > 0)
            error.WriteLine();
    }
}
