namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Something that is made for each type of the values in columns.</summary>
/// <typeparam name="TResult">What is made.</typeparam>
internal interface IRawTypeVisitor<TResult>
{
    TResult Visit<T>();
}
