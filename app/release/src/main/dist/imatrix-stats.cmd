@echo off
rem Runs imatrix-stats.jar, which stands beside this file, with Java 25 or later.
setlocal
set "IMATRIX_STATS_JAVA=java"
if defined JAVA_HOME set "IMATRIX_STATS_JAVA=%JAVA_HOME%\bin\java"
where /q "%IMATRIX_STATS_JAVA%" 2>nul || if not exist "%IMATRIX_STATS_JAVA%.exe" (
  echo imatrix-stats: no Java found. Install Java 25 or later, or set JAVA_HOME >&2
  exit /b 1
)
"%IMATRIX_STATS_JAVA%" -XX:+UseSerialGC -jar "%~dp0imatrix-stats.jar" %*
exit /b %ERRORLEVEL%
