namespace Toolkit.Autograd.Graph;

/// <summary>An operation whose result has the elements of one of its inputs in the same order: it can share the memory.</summary>
public interface IView
{
    /// <summary>The position of the input.</summary>
    int Viewed { get; }
}
