namespace Toolkit.Samples.FineTune.Studies;

/// <summary>What became of a way to train.</summary>
/// <param name="Rate">The learning rate that was chosen.</param>
/// <param name="Figure">The accuracy with it.</param>
internal sealed record PictureTrial(double Rate, StudyFigure Figure);
