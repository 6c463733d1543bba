namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Something that is made for each element type.</summary>
/// <typeparam name="TResult">What is made.</typeparam>
internal interface IElementVisitor<TResult>
{
    TResult Visit<T, TElement>()
        where TElement : struct, IElement<T>;
}
