namespace Toolkit.Autograd.Operations;

/// <summary>An operation that looks into texts. Others move or compare them, and run on numbers that stand for them.</summary>
public interface IReadsTexts : IHasKernel
{
}
