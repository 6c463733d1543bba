namespace Toolkit.MLNetIntegration.Training;

/// <summary>Makes something for a type of numbers and what makes single precision of it.</summary>
internal interface IConvertedVisitor<out TResult>
{
    TResult Visit<T>(Func<T, float> convert);
}
