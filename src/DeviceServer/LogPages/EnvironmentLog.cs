using Lunette.Scsi;

namespace Lunette.DeviceServer.LogPages;

/// <summary>
/// Log pages about temperature and humidity (SPC-6), of a logical unit that has no sensor: each value is the one that
/// says that it is not available, or that there is no limit.
/// </summary>
internal static class EnvironmentLog
{
    private const byte NoTemperature = 0xFF;            // of the Temperature log page, which is unsigned
    private const byte NoSignedTemperature = 0x80;
    private const byte NoHumidity = 0xFF;

    public static void Write(LogPageCode page, ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        switch (page)
        {
            case LogPageCode.Temperature:
                writer.Write(ref data, 0x0000, LogPage.UnsavedList, [0x00, NoTemperature]);
                writer.Write(ref data, 0x0001, LogPage.UnsavedList, [0x00, NoTemperature]);     // reference
                break;
            case LogPageCode.EnvironmentalReporting:
                WriteReport(0x0000, NoSignedTemperature, ref writer, ref data);
                WriteReport(0x0100, NoHumidity, ref writer, ref data);
                break;
            default:
                WriteLimits(0x0000, NoSignedTemperature, ref writer, ref data);
                WriteLimits(0x0100, NoHumidity, ref writer, ref data);
                break;
        }
    }

    // Now; the most and the least of its life; the same since power on.
    private static void WriteReport(
        ushort code, byte none, ref LogParameterWriter writer, ref ParameterDataWriter data) =>
        writer.Write(ref data, code, LogPage.UnsavedList, [0x00, none, none, none, none, none, 0x00, 0x00]);

    // High and low, critical and operating: where each triggers, and where it resets.
    private static void WriteLimits(
        ushort code, byte none, ref LogParameterWriter writer, ref ParameterDataWriter data) =>
        writer.Write(ref data, code, LogPage.UnsavedList, [none, none, none, none, none, none, none, none]);
}
